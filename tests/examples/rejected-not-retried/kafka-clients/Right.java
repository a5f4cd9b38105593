// SPDX-License-Identifier: Apache-2.0
//
// Right.java - sends again what was refused, in parts that fit
//
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Right {
	static Properties settings(String brokers) {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		settings.put("max.request.size", "1000");
		return settings;
	}

	// --8<--
	static List<String> parts(String order) {
		List<String> parts = new ArrayList<>();

		for (int at = 0; at < order.length(); at += 500)
			parts.add(order.substring(at, Math.min(at + 500, order.length())));
		return parts;
	}

	public static void main(String[] args) {
		try (KafkaProducer<String, String> producer =
				new KafkaProducer<>(settings(args[0]))) {
			for (int order = 0; order < 10; order++)
				for (String part : parts("x".repeat(300 * order)))
					producer.send(
						new ProducerRecord<>("orders", "" + order, part),
						(metadata, error) -> {
							if (error != null)
								System.err.println(error);
						});
		}
	}
	// --8<--
}
