package io.r3mes.backend;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** The R3MES backend: users, miners, the network and its blocks over PostgreSQL, cached by r3mes-cache. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class R3mesBackend {

    public static void main(String[] args) {
        SpringApplication.run(R3mesBackend.class, args);
    }
}
