package io.r3mes.cache.spring.autoconfigure;

import io.r3mes.cache.CacheConfigurationException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/** Explains a configuration that cannot work, without a stack trace. */
final class CacheConfigurationFailureAnalyzer implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CacheConfigurationException fault) {
                return analysis(fault);
            }
        }
        return null;
    }

    private static FailureAnalysis analysis(CacheConfigurationException fault) {
        String message = String.valueOf(fault.getMessage());
        String remedy = fault.remedy();
        if (remedy == null) {
            return new FailureAnalysis(
                    message,
                    "Change the setting under r3mes.cache, or the annotation, that the description names.",
                    fault);
        }
        return new FailureAnalysis(
                message.substring(0, message.length() - remedy.length()).strip(), remedy, fault);
    }
}
