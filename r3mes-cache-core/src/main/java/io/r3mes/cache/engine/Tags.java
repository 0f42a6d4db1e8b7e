package io.r3mes.cache.engine;

/** The limits of a tag's text. */
final class Tags {

    private static final int LONGEST = 256;

    private Tags() {}

    /**
     * @throws IllegalArgumentException if the text cannot be a tag
     */
    static String checked(String tag) {
        if (tag.isEmpty() || tag.length() > LONGEST || tag.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "A tag has 1 to " + LONGEST + " characters and no control characters: '" + tag.strip() + "'");
        }
        return tag;
    }
}
