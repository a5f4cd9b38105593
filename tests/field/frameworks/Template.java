// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Spring's template, without a context: waits for each message or for all of them by the futures
 * that send() gives back, flushes, or does nothing of the kind.
 *
 * Template BOOTSTRAP TOPIC COUNT get|all|flush|none
 */
public class Template {
	static List<CompletableFuture<?>> publish(KafkaTemplate<String, String> template,
			String topic, int count, boolean each) throws Exception {
		List<CompletableFuture<?>> sent = new ArrayList<>();

		for (int i = 0; i < count; i++) {
			sent.add(template.send(topic, "message " + i));
			if (each)
				sent.get(i).get(30, TimeUnit.SECONDS);
		}
		return sent;
	}

	public static void main(String[] args) throws Exception {
		Map<String, Object> settings = new HashMap<>();

		settings.put("bootstrap.servers", args[0]);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		if (args[3].equals("none"))
			settings.put("linger.ms", "60000");
		KafkaTemplate<String, String> template =
			new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(settings));
		List<CompletableFuture<?>> sent = publish(template, args[1],
			Integer.parseInt(args[2]), args[3].equals("get"));

		if (args[3].equals("all"))
			CompletableFuture.allOf(sent.toArray(new CompletableFuture[0])).join();
		if (args[3].equals("flush"))
			template.flush();
		System.exit(0);
	}
}
