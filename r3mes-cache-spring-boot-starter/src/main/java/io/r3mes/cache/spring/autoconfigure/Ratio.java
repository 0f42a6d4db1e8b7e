package io.r3mes.cache.spring.autoconfigure;

/** A share, written as {@code 10%} or {@code 0.1}. The factory methods are what property binding converts with. */
public record Ratio(double value) {

    public static Ratio valueOf(String text) {
        String number = text.strip();
        boolean percent = number.endsWith("%");
        try {
            double value = Double.parseDouble(percent ? number.substring(0, number.length() - 1) : number);
            return new Ratio(percent ? value / 100 : value);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException("'" + text + "' is no share. Write one such as 10% or 0.1.", malformed);
        }
    }

    public static Ratio valueOf(Double value) {
        return new Ratio(value);
    }

    public static Ratio valueOf(Integer value) {
        return new Ratio(value);
    }

    @Override
    public String toString() {
        return value * 100 + "%";
    }
}
