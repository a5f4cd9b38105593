// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - gives each instance the same transactional.id
//
// raises: fenced
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Wrong {
	static String brokers;

	static Properties settings() {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		return settings;
	}

	// --8<--
	static KafkaProducer<String, String> start(int instance) {
		Properties settings = settings();

		settings.put("transactional.id", "orders"); // of all instances
		KafkaProducer<String, String> producer = new KafkaProducer<>(settings);
		producer.initTransactions(); // ends the others' transactions
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
				first.commitTransaction(); // ProducerFencedException
			}
		}
	}
}
