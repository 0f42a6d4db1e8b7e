package io.r3mes.cache.spring.interceptor;

import io.r3mes.cache.CacheConfigurationException;
import io.r3mes.cache.KeyParts;
import io.r3mes.cache.KeyTemplate;
import io.r3mes.cache.KeyTemplate.Placeholder;
import java.util.ArrayList;
import java.util.List;

/** Binds the placeholders of templates to the parameters of a method. A parameter's name costs an array access per call. */
final class Templates {

    private final Expressions expressions;

    Templates(Expressions expressions) {
        this.expressions = expressions;
    }

    BoundTemplate bind(String text, Scope scope) {
        return bind(parse(text, scope), scope);
    }

    BoundTemplate bind(KeyTemplate template, Scope scope) {
        List<Extractor> extractors = new ArrayList<>();
        for (Placeholder placeholder : template.placeholders()) {
            extractors.add(extractor(template.text(), placeholder, scope));
        }
        return new BoundTemplate(template, List.copyOf(extractors));
    }

    /** Binds a glob: its text may hold wildcards, its placeholders are filled with escaped, hence literal, text. */
    BoundGlob glob(String text, Scope scope) {
        List<BoundGlob.Piece> pieces = new ArrayList<>();
        int at = 0;
        int open;
        while ((open = text.indexOf('{', at)) >= 0) {
            int close = closing(text, open);
            if (close < 0) {
                throw scope.fault(
                        "the pattern '" + text + "' has a brace at character " + (open + 1) + " that is not closed.",
                        "Add the missing '}'.");
            }
            pieces.add(new BoundGlob.Piece(text.substring(at, open), bind(text.substring(open, close + 1), scope)));
            at = close + 1;
        }
        return new BoundGlob(List.copyOf(pieces), text.substring(at));
    }

    private static KeyTemplate parse(String text, Scope scope) {
        try {
            return KeyTemplate.parse(text);
        } catch (CacheConfigurationException malformed) {
            throw scope.fault(String.valueOf(malformed.getMessage()), "Correct the template.");
        }
    }

    private Extractor extractor(String template, Placeholder placeholder, Scope scope) {
        String argument = placeholder.argument();
        if (placeholder.isExpression()) {
            return expressions.compile(argument, scope);
        }
        String[] path = argument.split("\\.");
        int index = scope.signature().indexOf(path[0]);
        if (index < 0) {
            throw scope.fault(
                    "the placeholder " + placeholder + " of '" + template + "' is unknown ("
                            + scope.signature().knownParameters() + ").",
                    "Name a parameter '" + path[0] + "', or use a placeholder that the method can fill, such as a"
                            + " parameter's name, a property path or an expression {#..}.");
        }
        return path.length > 1 ? PropertyPath.compile(path, scope) : new Argument(index);
    }

    private static int closing(String text, int open) {
        int depth = 0;
        boolean quoted = false;
        for (int i = open; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\'') {
                quoted = !quoted;
            } else if (!quoted && c == '{') {
                depth++;
            } else if (!quoted && c == '}' && --depth == 0) {
                return i;
            }
        }
        return -1;
    }

    /** A template with the place of every value. */
    record BoundTemplate(KeyTemplate template, List<Extractor> extractors) {

        /** The id that a call names: the value of the only placeholder, or all values. */
        Object id(Call call) {
            if (extractors.size() == 1) {
                Object value = extractors.get(0).from(call);
                if (value != null) {
                    return value;
                }
            }
            return KeyParts.of(
                    extractors.stream().map(extractor -> extractor.from(call)).toArray());
        }

        String render(Call call) {
            return template.render(id(call));
        }
    }

    /** A glob with the place of every value. */
    record BoundGlob(List<Piece> pieces, String tail) {

        String render(Call call) {
            StringBuilder glob = new StringBuilder();
            for (Piece piece : pieces) {
                glob.append(piece.literal()).append(piece.value().render(call));
            }
            return glob.append(tail).toString();
        }

        record Piece(String literal, BoundTemplate value) {}
    }
}
