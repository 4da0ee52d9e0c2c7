package org.godwit.cli;

import static org.godwit.cli.Column.detail;
import static org.godwit.cli.Column.listed;

import java.util.List;
import org.godwit.protocol.rest.Resources.AuditEntry;
import org.godwit.protocol.rest.Resources.Binding;
import org.godwit.protocol.rest.Resources.Event;
import org.godwit.protocol.rest.Resources.Gateway;
import org.godwit.protocol.rest.Resources.Host;
import org.godwit.protocol.rest.Resources.Migration;
import org.godwit.protocol.rest.Resources.Peer;
import org.godwit.protocol.rest.Resources.Site;
import org.godwit.protocol.rest.Resources.Token;
import org.godwit.protocol.rest.Resources.Vm;

/**
 * A kind of resource: what people call it, where it lives, how a table shows it.
 *
 * @param path of the collection
 */
record Kind<T>(String word, String path, Class<T> type, List<Column<T>> columns) {

    static final Kind<Site> SITE = new Kind<>("site", "/v1/sites", Site.class, List.of(listed("NAME", Site::name)));

    static final Kind<Gateway> GATEWAY = new Kind<>("gateway", "/v1/gateways", Gateway.class,
            List.of(listed("SITE", Gateway::site), listed("LINK-LOCAL", Gateway::linkLocal),
                    listed("MAC", Gateway::mac), listed("PREFIX", Gateway::prefix)));

    static final Kind<Host> HOST = new Kind<>("host", "/v1/hosts", Host.class,
            List.of(listed("NAME", Host::name), listed("SITE", Host::site),
                    listed("CONNECTED", host -> host.connected() ? "yes" : "no"),
                    listed("LIBVIRT URI", Host::libvirtUri)));

    static final Kind<Vm> VM = new Kind<>("VM", "/v1/vms", Vm.class,
            List.of(listed("NAME", Vm::name), detail("DOMAIN", Vm::domain), detail("UUID", Vm::uuid),
                    listed("HOST", Vm::host), listed("HOA", Vm::hoa), listed("MOA", Vm::moa),
                    listed("MIGRATION", Vm::migration)));

    static final Kind<Peer> PEER = new Kind<>("peer", "/v1/peers", Peer.class,
            List.of(listed("NAME", Peer::name), listed("HOA", Peer::hoa), listed("MOA", Peer::moa)));

    static final Kind<Token> TOKEN = new Kind<>("token", "/v1/tokens", Token.class,
            List.of(listed("NAME", Token::name), listed("ROLE", Token::role), listed("CREATED", Token::createdAt),
                    listed("EXPIRES", Token::expiresAt), listed("STATE", Token::state)));

    static final Kind<AuditEntry> AUDIT = new Kind<>("entry", "/v1/audit", AuditEntry.class,
            List.of(listed("NUMBER", entry -> String.valueOf(entry.number())), listed("AT", AuditEntry::at),
                    listed("ACTOR", AuditEntry::actor), listed("FROM", AuditEntry::origin),
                    listed("ACTION", AuditEntry::action), listed("OUTCOME", AuditEntry::outcome)));

    static final Kind<Binding> BINDING = new Kind<>("binding", "/v1/bindings", Binding.class,
            List.of(listed("HOA", Binding::hoa), listed("MOA", Binding::moa), listed("STATE", Binding::state),
                    listed("EPOCH", binding -> String.valueOf(binding.epoch()))));

    static final Kind<Migration> MIGRATION = new Kind<>("migration", "/v1/migrations", Migration.class,
            List.of(listed("ID", Migration::id), listed("VM", Migration::vm), listed("SOURCE", Migration::source),
                    listed("TARGET", Migration::target), listed("PHASE", Migration::phase),
                    listed("OUTCOME", Migration::outcome), listed("CREATED", Migration::createdAt),
                    listed("T_ALL", migration -> Text.milliseconds(migration.tAllMs(), "-")),
                    detail("DOWNTIME", migration -> Text.milliseconds(migration.vmDowntimeMs(), "-")),
                    detail("STRATEGY", Migration::strategy),
                    detail("EPOCH", migration -> String.valueOf(migration.epoch())),
                    detail("WAITS FOR", migration -> migration.turn() == null ? null : migration.turn().reason()),
                    detail("FAILURE", migration -> migration.failure() == null ? null : migration.failure().code())));

    static final Kind<Event> EVENT = new Kind<>("event", "/v1/events", Event.class,
            List.of(listed("NUMBER", event -> String.valueOf(event.number())), listed("AT", Event::at),
                    listed("KIND", Event::kind), listed("SUBJECT", Event::subject), listed("VM", Event::vm),
                    listed("PHASE", Event::phase), listed("MESSAGE", Event::message)));

    /** Of lists. */
    List<Column<T>> columns(Output output) {
        return columns.stream().filter(column -> column.listed() || output == Output.WIDE).toList();
    }

    /** What commands call one by. */
    Column<T> name() {
        return columns.getFirst();
    }
}
