package io.r3mes.cache.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * A compiled glob over raw keys: {@code *} any run of characters, {@code ?} one, {@code \\} the next one literally. A match
 * takes time linear in the key for each star.
 */
final class Glob {

    private static final int LONGEST = 256;
    private static final int MOST_STARS = 8;
    private static final int STAR = -1;
    private static final int ONE = -2;

    private final String text;
    private final int[] atoms;

    private Glob(String text, int[] atoms) {
        this.text = text;
        this.atoms = atoms;
    }

    /**
     * @throws IllegalArgumentException if the glob is empty, too long, has too many stars or a control character
     */
    static Glob compile(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            throw new IllegalArgumentException("A pattern has 1 to " + LONGEST + " characters, but this one has "
                    + text.length() + ". Use a shorter prefix, a tag or invalidateCache.");
        }
        List<Integer> atoms = new ArrayList<>();
        int stars = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c)) {
                throw new IllegalArgumentException("A pattern cannot have control characters; no key has any.");
            }
            if (c == '\\' && i + 1 < text.length()) {
                atoms.add((int) text.charAt(++i));
            } else if (c == '*') {
                if (atoms.isEmpty() || atoms.get(atoms.size() - 1) != STAR) {
                    atoms.add(STAR);
                    stars++;
                }
            } else {
                atoms.add(c == '?' ? ONE : c);
            }
        }
        if (stars > MOST_STARS) {
            throw new IllegalArgumentException("A pattern has at most " + MOST_STARS + " stars: " + text);
        }
        return new Glob(text, atoms.stream().mapToInt(Integer::intValue).toArray());
    }

    boolean matches(String key) {
        int at = 0;
        int atom = 0;
        int star = -1;
        int retry = 0;
        while (at < key.length()) {
            if (atom < atoms.length && (atoms[atom] == ONE || atoms[atom] == key.charAt(at))) {
                at++;
                atom++;
            } else if (atom < atoms.length && atoms[atom] == STAR) {
                star = atom++;
                retry = at;
            } else if (star >= 0) {
                atom = star + 1;
                at = ++retry;
            } else {
                return false;
            }
        }
        while (atom < atoms.length && atoms[atom] == STAR) {
            atom++;
        }
        return atom == atoms.length;
    }

    /** The characters with which every matching key begins. */
    String literalPrefix() {
        StringBuilder prefix = new StringBuilder();
        for (int atom : atoms) {
            if (atom < 0) {
                break;
            }
            prefix.append((char) atom);
        }
        return prefix.toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
