package io.kvgrid.transport.netty;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up host names, anew for each attempt to connect, because a peer may come back with another address; and on
 * threads of its own, because a slow name server would hold up the event loop and with it every peer. Those threads are
 * there only while there is something to look up.
 */
final class HostLookup extends AddressResolverGroup<InetSocketAddress> {
    private final ExecutorService lookups;

    HostLookup(ThreadFactory threads) {
        lookups = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 100, TimeUnit.MILLISECONDS, new SynchronousQueue<>(), threads);
    }

    /** {@code address} without what was looked up before; as it is if its host is not a name. */
    static InetSocketAddress unresolved(InetSocketAddress address) {
        String host = address.getHostString();
        boolean isName = !NetUtil.isValidIpV4Address(host) && !NetUtil.isValidIpV6Address(host);
        return isName ? InetSocketAddress.createUnresolved(host, address.getPort()) : address;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new InetNameResolver(executor) {
            @Override
            protected void doResolve(String host, Promise<InetAddress> promise) {
                lookups.execute(() -> {
                    try {
                        promise.trySuccess(InetAddress.getByName(host));
                    } catch (UnknownHostException e) {
                        promise.tryFailure(new UnknownHostException("no address for host name " + host));
                    }
                });
            }

            @Override
            protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
                promise.setFailure(new UnsupportedOperationException("one address is all that is asked for"));
            }
        }.asAddressResolver();
    }

    /** Ends the threads; what is being looked up fails or is forgotten. */
    @Override
    public void close() {
        lookups.shutdownNow();
        super.close();
    }
}
