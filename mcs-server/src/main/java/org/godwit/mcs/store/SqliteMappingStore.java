package org.godwit.mcs.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.MappingStore;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;
import org.jdbi.v3.core.Jdbi;

/** What the mapping server must not forget, and the key of each HoA for enrolling its guest again. */
public final class SqliteMappingStore implements MappingStore {

    private final Jdbi jdbi;

    public SqliteMappingStore(Database database) {
        this.jdbi = database.jdbi();
    }

    @Override
    public List<Enrolment> enrolments() {
        return jdbi.withHandle(h -> h.createQuery("SELECT * FROM ims_enrolments").map((rs, _) -> enrolment(rs)).list());
    }

    @Override
    public List<Mapping> mappings() {
        return jdbi.withHandle(h -> h.createQuery("SELECT * FROM ims_mappings").map((rs, _) -> mapping(rs)).list());
    }

    public Optional<MappingKey> key(HomeAddress hoa) {
        return jdbi.withHandle(h -> h.select("SELECT * FROM ims_enrolments WHERE hoa = ?", hoa.toString())
                .map((rs, _) -> enrolment(rs).key()).findOne());
    }

    @Override
    public void saveEnrolment(Enrolment enrolment) {
        jdbi.useHandle(h -> h.execute("""
                INSERT INTO ims_enrolments (hoa, mapping_key, register_nonce) VALUES (?, ?, ?)
                ON CONFLICT (hoa) DO UPDATE SET mapping_key = excluded.mapping_key,
                                                register_nonce = excluded.register_nonce""",
                enrolment.hoa().toString(), enrolment.key().secret(), enrolment.registerNonce()));
    }

    @Override
    public void saveRegisterNonce(HomeAddress hoa, long nonce) {
        jdbi.useHandle(h -> h.execute("UPDATE ims_enrolments SET register_nonce = ? WHERE hoa = ?", nonce,
                hoa.toString()));
    }

    @Override
    public void saveMapping(Mapping mapping) {
        jdbi.useHandle(h -> h.execute("""
                INSERT INTO ims_mappings (hoa, active, staged, retired, epoch) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (hoa) DO UPDATE SET active = excluded.active, staged = excluded.staged,
                                                retired = excluded.retired, epoch = excluded.epoch""",
                mapping.hoa().toString(), text(mapping.active()), text(mapping.staged()), text(mapping.retired()),
                mapping.epoch().number()));
    }

    @Override
    public void remove(HomeAddress hoa) {
        jdbi.useTransaction(h -> {
            h.execute("DELETE FROM ims_mappings WHERE hoa = ?", hoa.toString());
            h.execute("DELETE FROM ims_enrolments WHERE hoa = ?", hoa.toString());
        });
    }

    private static Enrolment enrolment(ResultSet rs) throws SQLException {
        return new Enrolment(HomeAddress.of(rs.getString("hoa")), MappingKey.of(rs.getBytes("mapping_key")),
                rs.getLong("register_nonce"));
    }

    private static Mapping mapping(ResultSet rs) throws SQLException {
        return new Mapping(HomeAddress.of(rs.getString("hoa")), moa(rs, "active"), moa(rs, "staged"),
                moa(rs, "retired"),
                new Epoch(rs.getLong("epoch")));
    }

    private static Optional<MobileAddress> moa(ResultSet rs, String column) throws SQLException {
        return Optional.ofNullable(rs.getString(column)).map(MobileAddress::of);
    }

    private static String text(Optional<MobileAddress> moa) {
        return moa.map(MobileAddress::toString).orElse(null);
    }
}
