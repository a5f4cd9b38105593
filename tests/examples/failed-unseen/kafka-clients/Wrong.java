// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - looks at no future, and gives send() no callback
//
// raises: failed-unseen
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Wrong {
	static Properties settings(String brokers) {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		return settings;
	}

	/** An order of somebody's whose clock is a day ahead, which Kafka 4 refuses. */
	static ProducerRecord<String, String> record(int order) {
		return new ProducerRecord<>("orders", null, System.currentTimeMillis() + 86400000L,
			null, "order " + order);
	}

	// --8<--
	public static void main(String[] args) {
		try (KafkaProducer<String, String> producer =
				new KafkaProducer<>(settings(args[0]))) {
			for (int order = 0; order < 100; order++)
				producer.send(record(order)); // its Future is thrown away
			producer.flush(); // throws nothing: what failed is not left
		}
	}
	// --8<--
}
