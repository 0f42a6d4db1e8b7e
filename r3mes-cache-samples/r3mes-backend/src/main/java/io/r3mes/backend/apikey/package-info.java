/** API keys, known by their hash only. */
@NullMarked
package io.r3mes.backend.apikey;

import org.jspecify.annotations.NullMarked;
