package io.r3mes.cache.redis;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A constant script that Redis runs as one atomic step. It is sent as its hash, and in full only to a server that does
 * not know it.
 */
final class LuaScript {

    private final String text;
    private final String hash;

    LuaScript(String text) {
        this.text = text;
        this.hash = sha1(text);
    }

    CompletionStage<Long> number(Sender sender, String[] keys, byte[]... arguments) {
        return run(sender, () -> new IntegerOutput<>(Call.CODEC), keys, arguments);
    }

    CompletionStage<Boolean> flag(Sender sender, String[] keys, byte[]... arguments) {
        return number(sender, keys, arguments).thenApply(result -> result == 1);
    }

    CompletionStage<List<@Nullable Object>> list(Sender sender, String[] keys, byte[]... arguments) {
        return run(sender, LuaScript::nested, keys, arguments);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    static String text(@Nullable Object bulk) {
        return bulk instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
    }

    private <T> CompletionStage<T> run(
            Sender sender, Supplier<CommandOutput<String, byte[], T>> output, String[] keys, byte[][] arguments) {
        return sender.send(call(CommandType.EVALSHA, hash, output, keys, arguments))
                .exceptionallyCompose(failure -> Refusal.of(failure) == Refusal.NOSCRIPT
                        ? sender.send(call(CommandType.EVAL, text, output, keys, arguments))
                        : CompletableFuture.failedFuture(failure));
    }

    private static <T> Call<T> call(
            CommandType type,
            String script,
            Supplier<CommandOutput<String, byte[], T>> output,
            String[] keys,
            byte[][] arguments) {
        CommandArgs<String, byte[]> words = new CommandArgs<>(Call.CODEC)
                .add(script)
                .add(keys.length)
                .addKeys(keys)
                .addValues(arguments);
        return new Call<>(type, keys[0], words, output);
    }

    /** Elements of a reply may be null, which the type of Lettuce does not say. */
    @SuppressWarnings("unchecked")
    private static <T> CommandOutput<String, byte[], T> nested() {
        return (CommandOutput<String, byte[], T>) new NestedMultiOutput<>(Call.CODEC);
    }

    private static String sha1(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
