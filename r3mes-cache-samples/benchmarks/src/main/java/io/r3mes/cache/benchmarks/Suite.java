package io.r3mes.cache.benchmarks;

import java.util.List;

/** Rows that are measured together. */
public interface Suite {

    /** As it is called on the command line: lower case, words joined by hyphens. */
    String name();

    List<Row> measure(Plan plan) throws Exception;
}
