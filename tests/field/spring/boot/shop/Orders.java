// SPDX-License-Identifier: Apache-2.0
package shop;

import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * An application of Spring Boot that sends with the template it is given, and does not wait for
 * what send() returns. The context closes the producer, if somebody closes the context:
 *
 *	exit	main does, by SpringApplication.exit()
 *	hook	Boot's shutdown hook does, when main has returned
 *	none	there is no hook, and System.exit() ends the program
 *
 * Orders TOPIC COUNT exit|hook|none --spring.kafka.bootstrap-servers=BOOTSTRAP
 */
@SpringBootApplication
public class Orders implements CommandLineRunner {
	private final KafkaTemplate<String, String> template;

	public Orders(KafkaTemplate<String, String> template) {
		this.template = template;
	}

	@Override
	public void run(String... args) {
		for (int i = 0; i < Integer.parseInt(args[1]); i++)
			template.send(args[0], "order " + i);
	}

	public static void main(String[] args) {
		SpringApplication application = new SpringApplication(Orders.class);

		application.setRegisterShutdownHook(!args[2].equals("none"));
		ConfigurableApplicationContext context = application.run(args);
		if (args[2].equals("exit"))
			System.exit(SpringApplication.exit(context));
		if (args[2].equals("none"))
			System.exit(0);
	}
}
