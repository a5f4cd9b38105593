// SPDX-License-Identifier: Apache-2.0
//
// Right.java - waits for its threads, and then for what they sent
//
// run: --prove
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Right {
	static Properties settings(String brokers) {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("buffer.memory", "4000");
		settings.put("batch.size", "1000");
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		return settings;
	}

	public static void main(String[] args) throws Exception {
		KafkaProducer<String, String> producer = new KafkaProducer<>(settings(args[0]));
		String value = "x".repeat(1000);

		producer.partitionsFor("orders");
		// --8<--
		Thread worker = new Thread(() -> {
			for (int order = 0; order < 5; order++) // send() waits for room
				producer.send(new ProducerRecord<>("orders", value));
		});

		worker.start();
		Thread.sleep(2000); // other work
		worker.join(); // it is not in send() any more
		producer.close();
		// --8<--
	}
}
