package io.kvgrid.core.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class MessageTypeTest {
    @Test
    void codesAreNeverRenumbered() {
        assertThat(Arrays.stream(MessageType.values()).map(type -> type.code() + " " + type))
                .containsExactly(
                        "1 CONFIG_REQUEST",
                        "2 CONFIG_ANNOUNCE",
                        "3 JOIN_REQUEST",
                        "4 LEAVE",
                        "5 HEARTBEAT",
                        "6 HEARTBEAT_ACK",
                        "7 RECONCILE",
                        "8 RECONCILED",
                        "9 APPEND",
                        "10 APPEND_ACK",
                        "11 APPEND_REJECT",
                        "12 SNAPSHOT_CHUNK",
                        "13 SNAPSHOT_END",
                        "14 SNAPSHOT_ACK",
                        "15 WRITE_REQUEST",
                        "16 WRITE_REPLY",
                        "17 READ_REQUEST",
                        "18 READ_REPLY",
                        "19 ARBITER_REQUEST",
                        "20 ARBITER_REPLY",
                        "21 LEASE_REQUEST",
                        "22 LEASE_GRANT",
                        "23 HAND_OVER",
                        "24 STANDING",
                        "25 STATE_DIGEST");
    }

    @Test
    void everyMessageHasATypeOfItsOwnName() {
        assertThat(Arrays.stream(Message.class.getPermittedSubclasses())
                        .map(message -> message.getSimpleName().replaceAll("(?<=.)([A-Z])", "_$1")))
                .map(name -> name.toUpperCase(Locale.ROOT))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(MessageType.values()).map(Enum::name).toList());
    }

    @Test
    void onlyConfigurationAndArbiterCallsAreJudgedWithoutEnvelope() {
        assertThat(Arrays.stream(MessageType.values()).filter(MessageType::isExempt))
                .containsExactly(
                        MessageType.CONFIG_REQUEST,
                        MessageType.CONFIG_ANNOUNCE,
                        MessageType.ARBITER_REQUEST,
                        MessageType.ARBITER_REPLY);
    }
}
