/**
 * Faults of real servers, networks and processes under load, each with a history that knows only the promise.
 *
 * <p>The test command runs a short form; {@code -Dr3mes.faults=long} runs the long one and writes a table of figures.
 */
@NullMarked
package io.r3mes.cache.fault;

import org.jspecify.annotations.NullMarked;
