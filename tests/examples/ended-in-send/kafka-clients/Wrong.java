// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - ends while a thread of it waits in send()
//
// raises: ended-in-send
// run: --prove
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Wrong {
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
			for (int order = 0; order < 100; order++) // send() waits for room
				producer.send(new ProducerRecord<>("orders", value));
		});

		worker.setDaemon(true);
		worker.start();
		Thread.sleep(2000); // other work; the JVM does not wait for a daemon
		// --8<--
	}
}
