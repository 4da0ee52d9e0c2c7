package org.godwit.mcs.admin;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.godwit.mcs.ims.Enrolment;
import org.godwit.mcs.ims.HomeGateway;
import org.godwit.mcs.ims.ImsAdmin;
import org.godwit.mcs.ims.Published;
import org.godwit.mcs.ims.Write;
import org.godwit.model.Epoch;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.model.SitePrefix;
import org.godwit.protocol.lisp.Mapping;
import org.godwit.protocol.lisp.MappingKey;

import com.fasterxml.jackson.annotation.JsonInclude;

/** The JSON of the administrative channel. What is null is left out. */
final class AdminBodies {

    private AdminBodies() {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MappingBody(String hoa, String active, String staged, String retired, long epoch) {

        static MappingBody of(Mapping mapping) {
            return new MappingBody(mapping.hoa().toString(), text(mapping.active()), text(mapping.staged()),
                    text(mapping.retired()), mapping.epoch().number());
        }

        Mapping value() {
            return new Mapping(HomeAddress.of(hoa), moa(active), moa(staged), moa(retired), new Epoch(epoch));
        }
    }

    record RowBody(long birth, long generation, boolean rotating, long registerNonce, MappingBody mapping) {

        static RowBody of(ImsAdmin.Row row) {
            return new RowBody(row.edition().birth(), row.edition().generation(), row.rotating(), row.registerNonce(),
                    MappingBody.of(row.mapping()));
        }

        ImsAdmin.Row value() {
            Mapping place = mapping.value();
            return new ImsAdmin.Row(place.hoa(), new Enrolment.Edition(birth, generation), rotating, registerNonce,
                    place);
        }
    }

    record RowsBody(long boot, long number, List<RowBody> rows, int next) {

        static RowsBody of(ImsAdmin.Rows rows) {
            return new RowsBody(rows.boot(), rows.number(), rows.rows().stream().map(RowBody::of).toList(),
                    rows.next());
        }

        ImsAdmin.Rows value() {
            return new ImsAdmin.Rows(boot, number, rows.stream().map(RowBody::value).toList(), next);
        }
    }

    /** Keys in hexadecimal digits. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EnrolmentBody(String hoa, long birth, long generation, String key, String nextKey, String takesOverAt,
            long registerNonce) {

        static EnrolmentBody of(Enrolment enrolment) {
            return new EnrolmentBody(enrolment.hoa().toString(), enrolment.edition().birth(),
                    enrolment.edition().generation(), enrolment.key().map(EnrolmentBody::hex).orElse(null),
                    enrolment.successor().map(it -> hex(it.key())).orElse(null),
                    enrolment.successor().map(it -> it.takesOverAt().toString()).orElse(null),
                    enrolment.registerNonce());
        }

        Enrolment value() {
            return new Enrolment(HomeAddress.of(hoa), Optional.ofNullable(key).map(MappingKey::ofHex),
                    Optional.ofNullable(nextKey).map(MappingKey::ofHex)
                            .map(next -> new Enrolment.Successor(next, Instant.parse(takesOverAt))),
                    registerNonce, new Enrolment.Edition(birth, generation));
        }

        private static String hex(MappingKey key) {
            return java.util.HexFormat.of().formatHex(key.secret());
        }

        @Override
        public String toString() {
            return "EnrolmentBody[" + hoa + "]";
        }
    }

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record WriteBody(String verb, String hoa, String moa, long epoch) {

        static WriteBody of(Write write) {
            return new WriteBody(write.verb().name(), write.hoa().toString(), text(write.moa()),
                    write.epoch().number());
        }

        Write value() {
            return new Write(Write.Verb.valueOf(verb), HomeAddress.of(hoa), AdminBodies.moa(moa), new Epoch(epoch));
        }
    }

    /** @param chain in PEM, the authority's last */
    record CertificateBody(String chain) {}

    record RestorationBody(MappingBody mapping, boolean owed) {

        static RestorationBody of(ImsAdmin.Restoration restoration) {
            return new RestorationBody(MappingBody.of(restoration.mapping()), restoration.owed());
        }

        ImsAdmin.Restoration value() {
            return new ImsAdmin.Restoration(mapping.value(), owed);
        }
    }

    record GatewayBody(String hoa, String proxyPrefix, String hoaSpace) {

        static GatewayBody of(HomeGateway gateway) {
            return new GatewayBody(gateway.hoa().toString(), gateway.proxyPrefix().toString(),
                    gateway.hoaSpace().toString());
        }

        HomeGateway value() {
            return new HomeGateway(HomeAddress.of(hoa), SitePrefix.of(proxyPrefix), SitePrefix.of(hoaSpace));
        }
    }

    record PublishedBody(List<String> acknowledged, List<String> silent) {

        static PublishedBody of(Published published) {
            return new PublishedBody(texts(published.acknowledged()), texts(published.silent()));
        }

        Published value() {
            return new Published(hoas(acknowledged), hoas(silent));
        }

        private static List<String> texts(Collection<HomeAddress> hoas) {
            return hoas.stream().map(HomeAddress::toString).sorted().toList();
        }

        private static Set<HomeAddress> hoas(List<String> texts) {
            return texts.stream().map(HomeAddress::of).collect(Collectors.toSet());
        }
    }

    private static String text(Optional<MobileAddress> moa) {
        return moa.map(MobileAddress::toString).orElse(null);
    }

    private static Optional<MobileAddress> moa(String text) {
        return Optional.ofNullable(text).map(MobileAddress::of);
    }
}
