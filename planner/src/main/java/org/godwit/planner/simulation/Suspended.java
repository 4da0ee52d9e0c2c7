package org.godwit.planner.simulation;

/** Kapil's suspended migration: everything once, while the guest stands still. */
public record Suspended() implements CopyStrategy {

    @Override
    public void move(Passage passage) {
        passage.switchOver(() -> new DirtyLog(passage.pages(), Clearing.BY_ROUND).marks().stream()
                .forEach(passage::send));
    }
}
