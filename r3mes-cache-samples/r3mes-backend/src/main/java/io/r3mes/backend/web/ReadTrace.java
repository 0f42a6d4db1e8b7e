package io.r3mes.backend.web;

import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Tells a response whether the request it answers read the database: {@code X-Cache: MISS} if it did. A request that
 * waited for another one's load counts as a hit.
 */
@Component
public class ReadTrace {

    static final String HEADER = "X-Cache";

    /** Called by a loader: the cache had no valid value. Does nothing outside of a request. */
    public void missed() {
        if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request) {
            HttpServletResponse response = request.getResponse();
            if (response != null && response.containsHeader(HEADER)) {
                response.setHeader(HEADER, "MISS");
            }
        }
    }
}
