package org.godwit.guest;

import java.util.concurrent.CompletableFuture;
import org.godwit.model.Gateway;
import org.godwit.model.LinkLocalAddress;
import org.godwit.protocol.guest.FlipTrigger;

/** A MoA formed ahead of a migration, until it is settled or undone. The future ends when the kernel tells of the flip. */
record Staging(Place place, Gateway gateway, LinkLocalAddress linkLocal, CompletableFuture<FlipTrigger> flipped) {}
