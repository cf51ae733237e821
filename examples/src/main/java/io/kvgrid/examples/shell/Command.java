package io.kvgrid.examples.shell;

import io.kvgrid.OperationId;
import java.util.Optional;

/** What a line of the shell asks for. */
public sealed interface Command {
    /** All commands, on one line. */
    String HELP =
            "insert [--id ID] K V | get K [local] | remove [--id ID] K | view | handover | load FILE.csv | help | exit"
                    + " (K has no blanks, V is the rest of the line; \\n and \\\\ stand for line feed and backslash)";

    /** Calls the method of {@code handler} that this command is for. */
    <R> R dispatch(Handler<R> handler);

    /** One method per command: forgetting one does not compile. */
    interface Handler<R> {
        R insert(Insert insert);

        R get(Get get);

        R remove(Remove remove);

        R view();

        R handOver();

        R load(Load load);

        R help();

        R exit();
    }

    /** Sets {@code key}; repeats the operation {@code id} if one is given. */
    record Insert(String key, String value, Optional<OperationId> id) implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.insert(this);
        }
    }

    /** Reads {@code key}, from this node's own copy as it is if {@code local}. */
    record Get(String key, boolean local) implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.get(this);
        }
    }

    /** Removes {@code key}; repeats the operation {@code id} if one is given. */
    record Remove(String key, Optional<OperationId> id) implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.remove(this);
        }
    }

    /** Asks for this node's picture of the grid. */
    record View() implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.view();
        }
    }

    /** Makes another node the primary, if this one is. */
    record HandOver() implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.handOver();
        }
    }

    /** Inserts every row of a file. */
    record Load(String file) implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.load(this);
        }
    }

    /** Asks for the list of commands. */
    record Help() implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.help();
        }
    }

    /** Ends the session. */
    record Exit() implements Command {
        @Override
        public <R> R dispatch(Handler<R> handler) {
            return handler.exit();
        }
    }

    /**
     * Reads one line.
     *
     * @throws BadCommandException if it is none of the commands
     */
    static Command parse(String line) {
        Words words = new Words(line);
        String name = words.next("a command; try help");
        return switch (name) {
            case "insert" -> {
                Optional<OperationId> id = words.operationId();
                yield new Insert(Escapes.unescape(words.next("a key")), Escapes.unescape(words.rest("a value")), id);
            }
            case "get" -> {
                String key = Escapes.unescape(words.next("a key"));
                yield words.end(new Get(key, words.option("local")));
            }
            case "remove" -> {
                Optional<OperationId> id = words.operationId();
                String key = Escapes.unescape(words.next("a key"));
                yield words.end(new Remove(key, id.or(words::operationId)));
            }
            case "view" -> words.end(new View());
            case "handover" -> words.end(new HandOver());
            case "load" -> new Load(words.text("a file"));
            case "help" -> words.end(new Help());
            case "exit" -> words.end(new Exit());
            default -> throw new BadCommandException("unknown command '" + name + "'; try help");
        };
    }
}
