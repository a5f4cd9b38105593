// SPDX-License-Identifier: Apache-2.0
// What the Java client must be told to get in where FIELD_SECURITY leads.
import java.io.FileInputStream;
import java.util.Properties;

class Security {
    static void load(Properties props) throws Exception {
        String at = System.getenv("FIELD_SECURITY");
        if (at == null)
            return;
        try (FileInputStream in = new FileInputStream(at + "/java.properties")) {
            props.load(in);
        }
    }
}
