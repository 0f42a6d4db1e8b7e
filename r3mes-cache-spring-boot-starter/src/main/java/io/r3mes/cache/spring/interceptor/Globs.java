package io.r3mes.cache.spring.interceptor;

import java.util.regex.Pattern;

/** Matches keys against the globs that {@code CacheInvalidator} takes. */
final class Globs {

    private Globs() {}

    static boolean matches(String glob, String key) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (c == '*') {
                regex.append(".*");
            } else if (c == '?') {
                regex.append('.');
            } else {
                boolean escape = c == '\\' && i + 1 < glob.length();
                regex.append(Pattern.quote(String.valueOf(escape ? glob.charAt(++i) : c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL).matcher(key).matches();
    }
}
