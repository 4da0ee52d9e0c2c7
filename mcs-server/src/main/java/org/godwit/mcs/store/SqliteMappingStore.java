package org.godwit.mcs.store;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.MirrorStore;
import org.godwit.mcs.ims.SavedSubscription;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/** What the mapping server must not forget, and the key of each HoA for enrolling its guest again. */
public final class SqliteMappingStore implements MirrorStore {

    private static final String SAVE_MAPPING = """
            INSERT INTO ims_mappings (hoa, active, staged, retired, epoch) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (hoa) DO UPDATE SET active = excluded.active, staged = excluded.staged,
                                            retired = excluded.retired, epoch = excluded.epoch""";

    private final Jdbi jdbi;

    public SqliteMappingStore(Database database) {
        this.jdbi = database.jdbi();
    }

    @Override
    public void readEnrolments(Consumer<Enrolment> reader) {
        read("SELECT * FROM ims_enrolments", SqliteMappingStore::enrolment, reader);
    }

    @Override
    public void readMappings(Consumer<Mapping> reader) {
        read("SELECT * FROM ims_mappings", SqliteMappingStore::mapping, reader);
    }

    private interface Row<T> {
        T of(ResultSet rs) throws SQLException;
    }

    /** There may be a million, so without what a mapper for each costs. */
    private <T> void read(String query, Row<T> row, Consumer<T> reader) {
        jdbi.useHandle(h -> {
            try (Statement statement = h.getConnection().createStatement();
                    ResultSet rs = statement.executeQuery(query)) {
                while (rs.next()) {
                    reader.accept(row.of(rs));
                }
            } catch (SQLException e) {
                throw new IllegalStateException("the mappings in the database cannot be read", e);
            }
        });
    }

    @Override
    public void readSubscriptions(Consumer<SavedSubscription> reader) {
        jdbi.useHandle(h -> h.createQuery("SELECT * FROM ims_subscriptions").map((rs, _) -> subscription(rs))
                .useStream(all -> all.forEach(reader)));
    }

    @Override
    public void readGateways(Consumer<HomeGateway> reader) {
        jdbi.useHandle(h -> h.createQuery("SELECT * FROM ims_home_gateways")
                .map((rs, _) -> new HomeGateway(hoa(rs, "hoa"),
                        SitePrefix.of(rs.getString("proxy_prefix")), SitePrefix.of(rs.getString("hoa_space"))))
                .forEach(reader));
    }

    @Override
    public void saveGateways(Collection<HomeGateway> gateways) {
        jdbi.useTransaction(h -> {
            h.execute("DELETE FROM ims_home_gateways");
            gateways.forEach(
                    it -> h.execute("INSERT INTO ims_home_gateways (hoa, proxy_prefix, hoa_space) VALUES (?, ?, ?)",
                            it.hoa().toString(), it.proxyPrefix().toString(), it.hoaSpace().toString()));
        });
    }

    @Override
    public void readOwed(Consumer<HomeAddress> reader) {
        jdbi.useHandle(h -> h.createQuery("SELECT hoa FROM ims_owed")
                .map((rs, _) -> hoa(rs, "hoa")).forEach(reader));
    }

    @Override
    public void saveOwed(Collection<HomeAddress> hoas) {
        forEach("INSERT OR IGNORE INTO ims_owed (hoa) VALUES (?)", hoas);
    }

    @Override
    public void removeOwed(Collection<HomeAddress> hoas) {
        forEach("DELETE FROM ims_owed WHERE hoa = ?", hoas);
    }

    private void forEach(String statement, Collection<HomeAddress> hoas) {
        jdbi.useTransaction(h -> {
            PreparedBatch batch = h.prepareBatch(statement);
            hoas.forEach(hoa -> batch.add(hoa.toString()));
            batch.execute();
        });
    }

    /** Empty when the HoA is not enrolled. */
    public Optional<Enrolment> enrolment(HomeAddress hoa) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM ims_enrolments WHERE hoa = ?", hoa.toString())
                .map((rs, _) -> enrolment(rs)).findOne());
    }

    /** The key that the owner of the HoA should use: the newest. */
    public Optional<MappingKey> key(HomeAddress hoa) {
        return enrolment(hoa).flatMap(Enrolment::newestKey);
    }

    @Override
    public void saveEnrolment(Enrolment enrolment) {
        saveAll(List.of(enrolment), List.of());
    }

    @Override
    public void saveAll(Collection<Enrolment> enrolments, Collection<Mapping> mappings) {
        if (enrolments.isEmpty() && mappings.isEmpty()) {
            return;
        }
        jdbi.useTransaction(h -> {
            PreparedBatch owners = h.prepareBatch(
                    """
                            INSERT INTO ims_enrolments (hoa, mapping_key, next_key, takes_over_at_us, register_nonce, birth, generation)
                            VALUES (?, ?, ?, ?, ?, ?, ?)
                            ON CONFLICT (hoa) DO UPDATE SET mapping_key = excluded.mapping_key, next_key = excluded.next_key,
                                                            takes_over_at_us = excluded.takes_over_at_us,
                                                            register_nonce = excluded.register_nonce,
                                                            birth = excluded.birth, generation = excluded.generation""");
            enrolments.forEach(it -> owners.add(it.hoa().toString(), it.key().map(MappingKey::secret).orElse(null),
                    it.successor().map(next -> next.key().secret()).orElse(null),
                    it.successor().map(next -> microseconds(next.takesOverAt())).orElse(null), it.registerNonce(),
                    it.edition().birth(), it.edition().generation()));
            owners.execute();
            PreparedBatch places = h.prepareBatch(SAVE_MAPPING);
            mappings.forEach(it -> places.add(columns(it)));
            places.execute();
        });
    }

    @Override
    public void saveRegistration(HomeAddress hoa, long nonce, Optional<Mapping> mapping) {
        jdbi.useTransaction(h -> {
            h.execute("UPDATE ims_enrolments SET register_nonce = ? WHERE hoa = ?", nonce, hoa.toString());
            mapping.ifPresent(it -> save(h, it));
        });
    }

    @Override
    public void saveMapping(Mapping mapping) {
        jdbi.useTransaction(h -> save(h, mapping));
    }

    private static void save(Handle handle, Mapping mapping) {
        handle.execute(SAVE_MAPPING, columns(mapping));
    }

    private static Object[] columns(Mapping mapping) {
        return new Object[]{mapping.hoa().toString(), text(mapping.active()), text(mapping.staged()),
                text(mapping.retired()), mapping.epoch().number() };
    }

    @Override
    public void saveSubscriptions(Collection<SavedSubscription> kept, Collection<SavedSubscription.Id> ended) {
        jdbi.useTransaction(h -> {
            PreparedBatch drops = h.prepareBatch("DELETE FROM ims_subscriptions WHERE hoa = ? AND subscriber = ?");
            ended.forEach(id -> drops.add(id.hoa().toString(), id.subscriber().toString()));
            drops.execute();
            PreparedBatch saves = h.prepareBatch("""
                    INSERT INTO ims_subscriptions (hoa, subscriber, address, port, nonce, expires_at_us)
                    VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (hoa, subscriber) DO UPDATE SET address = excluded.address, port = excluded.port,
                                                                nonce = excluded.nonce,
                                                                expires_at_us = excluded.expires_at_us""");
            kept.forEach(it -> saves.add(it.id().hoa().toString(), it.id().subscriber().toString(),
                    it.address().getAddress().getAddress(), it.address().getPort(), it.nonce(),
                    microseconds(it.expiresAt())));
            saves.execute();
        });
    }

    @Override
    public void remove(HomeAddress hoa) {
        jdbi.useTransaction(h -> {
            h.execute("DELETE FROM ims_subscriptions WHERE hoa = ? OR subscriber = ?", hoa.toString(), hoa.toString());
            h.execute("DELETE FROM ims_mappings WHERE hoa = ?", hoa.toString());
            h.execute("DELETE FROM ims_owed WHERE hoa = ?", hoa.toString());
            h.execute("DELETE FROM ims_enrolments WHERE hoa = ?", hoa.toString());
        });
    }

    private static Enrolment enrolment(ResultSet rs) throws SQLException {
        Optional<MappingKey> next = key(rs, "next_key");
        Instant takesOverAt = instant(rs.getLong("takes_over_at_us"));
        return new Enrolment(hoa(rs, "hoa"), key(rs, "mapping_key"),
                next.map(key -> new Enrolment.Successor(key, takesOverAt)), rs.getLong("register_nonce"),
                new Enrolment.Edition(rs.getLong("birth"), rs.getLong("generation")));
    }

    private static Optional<MappingKey> key(ResultSet rs, String column) throws SQLException {
        return Optional.ofNullable(rs.getBytes(column)).map(MappingKey::of);
    }

    private static Mapping mapping(ResultSet rs) throws SQLException {
        return new Mapping(hoa(rs, "hoa"), moa(rs, "active"), moa(rs, "staged"), moa(rs, "retired"),
                new Epoch(rs.getLong("epoch")));
    }

    private static HomeAddress hoa(ResultSet rs, String column) throws SQLException {
        return HomeAddress.of(StoredAddress.bytes(rs.getString(column)));
    }

    private static SavedSubscription subscription(ResultSet rs) throws SQLException {
        try {
            return new SavedSubscription(
                    new SavedSubscription.Id(hoa(rs, "hoa"),
                            hoa(rs, "subscriber")),
                    new InetSocketAddress(InetAddress.getByAddress(rs.getBytes("address")), rs.getInt("port")),
                    rs.getLong("nonce"), instant(rs.getLong("expires_at_us")));
        } catch (UnknownHostException e) {
            throw new SQLException("a subscription's address must have 16 bytes", e);
        }
    }

    private static Optional<MobileAddress> moa(ResultSet rs, String column) throws SQLException {
        return Optional.ofNullable(rs.getString(column)).map(StoredAddress::bytes).map(MobileAddress::of);
    }

    private static String text(Optional<MobileAddress> moa) {
        return moa.map(MobileAddress::toString).orElse(null);
    }

    private static long microseconds(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static Instant instant(long microseconds) {
        return Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
    }
}
