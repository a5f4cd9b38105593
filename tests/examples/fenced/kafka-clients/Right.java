// SPDX-License-Identifier: Apache-2.0
//
// Right.java - gives each instance a transactional.id of its own
//
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Right {
	static String brokers;

	static Properties settings() {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		return settings;
	}

	// --8<--
	// `instance`: its number among those that run at a time, the same after a restart.
	static KafkaProducer<String, String> start(int instance) {
		Properties settings = settings();

		settings.put("transactional.id", "orders-" + instance);
		KafkaProducer<String, String> producer = new KafkaProducer<>(settings);
		producer.initTransactions();
		return producer;
	}
	// --8<--

	public static void main(String[] args) {
		brokers = args[0];
		try (KafkaProducer<String, String> first = start(0)) {
			first.beginTransaction();
			for (int order = 0; order < 100; order++)
				first.send(new ProducerRecord<>("orders", "order " + order));
			first.flush();
			// A second instance starts, as at a rolling update.
			try (KafkaProducer<String, String> second = start(1)) {
				first.commitTransaction();
			}
		}
	}
}
