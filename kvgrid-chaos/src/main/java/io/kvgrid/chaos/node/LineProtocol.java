package io.kvgrid.chaos.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * How a process is driven. Each line of input is a tag and a command; each line of output is the tag and the answer, in
 * the order in which commands end. {@code ready} stands alone, once. {@code exit} ends the process well. The end of the
 * input ends it at once: who drove it is gone.
 */
final class LineProtocol {
    private static final int ABANDONED = 3;

    private final PrintStream replies = new PrintStream(System.out, false, StandardCharsets.UTF_8);

    /** Takes standard output for itself; what others print goes to standard error. */
    LineProtocol() {
        System.setOut(System.err);
    }

    /** One line, whole: answers come from several threads. */
    void say(String line) {
        synchronized (replies) {
            replies.print(line + "\n");
            replies.flush();
        }
    }

    /** Answers until told to exit; then closes. */
    int serve(Function<String[], CompletableFuture<String>> commands, Runnable close) throws IOException {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split(" ", -1);
            String tag = words[0];
            if (words[1].equals("exit")) {
                close.run();
                say(tag + " bye");
                return 0;
            }
            var unused = commands.apply(Arrays.copyOfRange(words, 1, words.length))
                    .thenAccept(answer -> say(tag + " " + answer));
        }
        Runtime.getRuntime().halt(ABANDONED);
        return ABANDONED;
    }
}
