// SPDX-License-Identifier: Apache-2.0
//
// Right.java - closes its context, which closes the producers
//
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

public class Right {
	static String brokers;

	@Configuration
	public static class Orders {
		@Bean
		public DefaultKafkaProducerFactory<String, String> factory() {
			Map<String, Object> settings = new HashMap<>();

			settings.put("bootstrap.servers", brokers);
			settings.put("key.serializer", StringSerializer.class);
			settings.put("value.serializer", StringSerializer.class);
			settings.put("linger.ms", "60000");
			return new DefaultKafkaProducerFactory<>(settings);
		}

		@Bean
		public KafkaTemplate<String, String> template(
				DefaultKafkaProducerFactory<String, String> factory) {
			return new KafkaTemplate<>(factory);
		}
	}

	@SuppressWarnings("unchecked")
	static KafkaTemplate<String, String> template(AnnotationConfigApplicationContext context) {
		return context.getBean(KafkaTemplate.class);
	}

	public static void main(String[] args) {
		brokers = args[0];
		// --8<--
		var context = new AnnotationConfigApplicationContext(Orders.class);
		var template = template(context);

		context.registerShutdownHook(); // System.exit() and SIGTERM close it, too
		for (int order = 0; order < 100; order++)
			template.send("orders", "order " + order);
		System.exit(0);
		// --8<--
	}
}
