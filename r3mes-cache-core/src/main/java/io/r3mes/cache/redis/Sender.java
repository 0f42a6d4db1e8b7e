package io.r3mes.cache.redis;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A way to the server that has a command's keys. */
interface Sender {

    /**
     * Sends a command, and sends it again if Redis refuses it for the moment. Whatever goes wrong completes the stage
     * exceptionally.
     */
    <T extends @Nullable Object> CompletionStage<T> send(Call<T> call);
}
