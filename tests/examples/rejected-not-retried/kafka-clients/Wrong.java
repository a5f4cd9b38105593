// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - goes on when a record is refused
//
// raises: rejected-not-retried
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
		settings.put("max.request.size", "1000");
		return settings;
	}

	// --8<--
	public static void main(String[] args) {
		try (KafkaProducer<String, String> producer =
				new KafkaProducer<>(settings(args[0]))) {
			for (int order = 0; order < 10; order++)
				producer.send(
					new ProducerRecord<>("orders", "x".repeat(300 * order)));
		} // send() threw nothing: the Future had the RecordTooLargeException
	}
	// --8<--
}
