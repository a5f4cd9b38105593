// SPDX-License-Identifier: Apache-2.0
//
// Right.java - gives each instance a prefix of its own
//
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

public class Right {
	static String brokers;

	static Map<String, Object> settings() {
		Map<String, Object> settings = new HashMap<>();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		return settings;
	}

	// --8<--
	// `instance`: its number among those that run at a time, the same after a restart.
	static DefaultKafkaProducerFactory<String, String> factory(int instance) {
		var factory = new DefaultKafkaProducerFactory<String, String>(settings());

		factory.setTransactionIdPrefix("orders-" + instance + "-");
		return factory;
	}
	// --8<--

	static void beside(Runnable work) {
		Thread thread = new Thread(work);

		thread.start();
		try {
			thread.join();
		} catch (InterruptedException error) {
			throw new IllegalStateException(error);
		}
	}

	public static void main(String[] args) {
		brokers = args[0];
		var first = factory(0);
		var second = factory(1);

		try {
			new KafkaTemplate<>(first).executeInTransaction(template -> {
				for (int order = 0; order < 100; order++)
					template.send("orders", "order " + order);
				template.flush();
				// A second instance works, as at a rolling update.
				beside(() -> new KafkaTemplate<>(second).executeInTransaction(
						other -> other.send("orders", "one more")));
				return null;
			});
		} finally {
			first.destroy();
			second.destroy();
		}
	}
}
