package io.r3mes.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * Decides whether two templates can make one key: a search of the product of their automata, in which a literal is a run
 * of characters and a placeholder any run of the characters that an escaped value can have.
 */
final class KeyTemplateOverlap {

    private static final int ANY = -1;

    private final int[] left;
    private final int[] right;
    private final BitSet seen = new BitSet();
    private final Deque<int[]> open = new ArrayDeque<>();

    private KeyTemplateOverlap(int[] left, int[] right) {
        this.left = left;
        this.right = right;
    }

    /** Takes the literals around the placeholders of each template. */
    static boolean exists(List<String> left, List<String> right) {
        return new KeyTemplateOverlap(atoms(left), atoms(right)).search();
    }

    private boolean search() {
        visit(0, 0);
        while (!open.isEmpty()) {
            int[] at = open.pop();
            int i = at[0];
            int j = at[1];
            if (i == left.length && j == right.length) {
                return true;
            }
            int a = i < left.length ? left[i] : 0;
            int b = j < right.length ? right[j] : 0;
            if (a == ANY) {
                visit(i + 1, j);
                if (b != ANY && b != 0 && KeyText.isPart(b)) {
                    visit(i, j + 1);
                }
            }
            if (b == ANY) {
                visit(i, j + 1);
                if (a != ANY && a != 0 && KeyText.isPart(a)) {
                    visit(i + 1, j);
                }
            }
            if (a != ANY && a != 0 && a == b) {
                visit(i + 1, j + 1);
            }
        }
        return false;
    }

    private void visit(int i, int j) {
        int state = i * (right.length + 1) + j;
        if (!seen.get(state)) {
            seen.set(state);
            open.push(new int[] {i, j});
        }
    }

    private static int[] atoms(List<String> literals) {
        List<Integer> atoms = new ArrayList<>();
        for (int i = 0; i < literals.size(); i++) {
            if (i > 0) {
                atoms.add(ANY);
            }
            literals.get(i).chars().forEach(atoms::add);
        }
        return atoms.stream().mapToInt(Integer::intValue).toArray();
    }
}
