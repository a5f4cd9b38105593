// SPDX-License-Identifier: Apache-2.0
//
// Right.java - is told of every record by a callback
//
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Right {
	static Properties settings(String brokers) {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		return settings;
	}

	static ProducerRecord<String, String> record(int order) {
		return new ProducerRecord<>("orders", "order " + order);
	}

	// --8<--
	public static void main(String[] args) {
		AtomicInteger failed = new AtomicInteger();

		try (KafkaProducer<String, String> producer =
				new KafkaProducer<>(settings(args[0]))) {
			for (int order = 0; order < 100; order++)
				producer.send(record(order), (metadata, error) -> {
					if (error != null) {
						System.err.println(error);
						failed.incrementAndGet();
					}
				});
		}
		System.exit(failed.get() > 0 ? 1 : 0);
	}
	// --8<--
}
