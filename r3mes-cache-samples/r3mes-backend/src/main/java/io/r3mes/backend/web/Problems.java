package io.r3mes.backend.web;

import io.r3mes.cache.CacheKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Answers the application's own exceptions with problem details. */
@RestControllerAdvice
class Problems {

    @ExceptionHandler
    ProblemDetail notFound(NotFoundException problem) {
        return detail(HttpStatus.NOT_FOUND, problem);
    }

    @ExceptionHandler
    ProblemDetail conflict(ConflictException problem) {
        return detail(HttpStatus.CONFLICT, problem);
    }

    @ExceptionHandler
    ProblemDetail illegalKey(CacheKeyException problem) {
        return detail(HttpStatus.BAD_REQUEST, problem);
    }

    private static ProblemDetail detail(HttpStatus status, Exception problem) {
        String message = problem.getMessage();
        return ProblemDetail.forStatusAndDetail(status, message == null ? status.getReasonPhrase() : message);
    }
}
