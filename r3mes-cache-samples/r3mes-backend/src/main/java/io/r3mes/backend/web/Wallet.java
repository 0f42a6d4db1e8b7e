package io.r3mes.backend.web;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a text that has the form of a wallet's address. */
@NotBlank @Size(max = 64) @ReportAsSingleViolation
@Constraint(validatedBy = {})
@Target({ElementType.PARAMETER, ElementType.FIELD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Wallet {

    String message() default "must be a wallet of 1 to 64 characters";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};
}
