/**
 * The channel between a host agent and the guest agent of one VM: newline-delimited JSON over virtio-serial.
 *
 * <pre>
 *   host agent                                                      guest agent
 *      | -- "\n" --------------------------------------------------->  |  on connecting: ends a half line of a predecessor
 *      | -- {"v":1,"id":71,"do":"status"} -------------------------->  |
 *      | <-- {"v":1,"id":71,"is":"status","enrolled":false,...} -----  |
 *      | -- {"v":1,"id":72,"do":"enrol","hoa":...} ----------------->  |  after a boot the guest knows nothing
 *      | <-- {"v":1,"id":72,"is":"status",...} ----------------------  |
 *      :                                                               :
 *      | -- {"v":1,"id":73,"do":"stage","epoch":5,...} ------------->  |  secondary interface up, MoA formed
 *      | <-- {"v":1,"id":73,"is":"staged","moa":...} ----------------  |
 *      | -- {"v":1,"id":74,"do":"arm","epoch":5} ------------------->  |  from now on the kernel may flip by itself
 *      | <-- {"v":1,"id":74,"is":"done"} ----------------------------  |
 *                     (the VM moves; the target host's agent connects to the same device)
 *   target's agent                                                     |
 *      | -- "\n" --------------------------------------------------->  |
 *      | -- {"v":1,"id":9001,"do":"settle","epoch":5} -------------->  |  you have landed: the new interface is the only one
 *      | <-- {"v":1,"id":9001,"is":"settled","trigger":"received"} --  |  and for how long it neither sent nor heard
 * </pre>
 *
 * <p><b>Who speaks.</b> The host asks, the guest answers each request once, with the id of the request. Ids are between 1
 * and 2<sup>53</sup>-1 and only grow within a connection; a host agent begins at a random one, so that an answer meant for
 * its predecessor is not taken for its own. An answer whose id nobody waits for is dropped.
 *
 * <p><b>Lines.</b> UTF-8, ended by {@code \n}, at most 4096 bytes with it. Empty lines mean nothing. A line that is too
 * long or is not a message is skipped and counted, and reading goes on after the next {@code \n}: either side may begin
 * to listen in the middle of a line. Where such a line still shows the id of a request, the guest answers it with
 * {@code refused}.
 *
 * <p><b>Versions.</b> Every line says {@code "v":1}; a guest refuses another one with {@code unsupported_version}. Within a
 * version, answers may gain members (a host ignores those it does not know); requests may not, since a guest must never
 * carry out a command by half. Absent means absent: {@code null} is malformed.
 *
 * <p><b>Trust.</b> The channel leads from the hypervisor into the VM; to the guest the host is trusted anyway. To the host
 * the guest is an adversary: every bound here is checked on decoding, and what the guest says is a report, never an order.
 */
package org.godwit.protocol.guest;
