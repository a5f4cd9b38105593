// SPDX-License-Identifier: Apache-2.0
// Produces, says "ready", and waits for a signal: with "stop" a shutdown hook closes the
// producer.
//
//     Hook BOOTSTRAP TOPIC stop|forget

import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

public class Hook {
    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        settings.put("linger.ms", "60000");
        for (String side : new String[] {"key", "value"}) {
            settings.put(side + ".serializer",
                    "org.apache.kafka.common.serialization.StringSerializer");
        }
        KafkaProducer<String, String> producer = new KafkaProducer<>(settings);
        if (args[2].equals("stop")) {
            Runtime.getRuntime().addShutdownHook(new Thread(producer::close));
        }
        for (int i = 0; i < 5; i++) {
            producer.send(new ProducerRecord<>(args[1], "an order"));
        }
        System.out.println("ready");
        Thread.sleep(60000);
    }
}
