// SPDX-License-Identifier: Apache-2.0
//
// Right.java - leaves its loop in a shutdown hook, and closes
//
// ends: 143
import java.time.Duration;
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
		return settings;
	}

	/** As a supervisor does. */
	static int order(int number) throws Exception {
		if (number == 100)
			new ProcessBuilder("kill", "-TERM", "" + ProcessHandle.current().pid())
				.start().waitFor();
		Thread.sleep(1);
		return number;
	}

	// --8<--
	static volatile boolean stopping;

	public static void main(String[] args) throws Exception {
		KafkaProducer<String, String> producer = new KafkaProducer<>(settings(args[0]));
		Thread worker = Thread.currentThread();

		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			stopping = true;
			try {
				worker.join();
			} catch (InterruptedException error) {
				Thread.currentThread().interrupt();
			}
			producer.close(Duration.ofSeconds(20)); // less than the supervisor waits
		}));
		for (int i = 0; !stopping; i++)
			producer.send(new ProducerRecord<>("orders", "order " + order(i)));
	}
	// --8<--
}
