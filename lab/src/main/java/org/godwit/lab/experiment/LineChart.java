package org.godwit.lab.experiment;

import java.util.List;

/**
 * Points that belong together, as lines.
 *
 * @param areAxesLogarithmic both of them; needs numbers above zero
 */
public record LineChart(String title, String xTitle, String yTitle, boolean areAxesLogarithmic, List<Series> series) {

    /** @throws IllegalArgumentException when there is nothing to draw, or something that cannot be */
    public LineChart {
        series = List.copyOf(series);
        if (series.isEmpty()) {
            throw new IllegalArgumentException("the figure \"" + title + "\" has no line");
        }
        if (areAxesLogarithmic && series.stream().flatMap(line -> line.points().stream())
                .anyMatch(point -> point.x() <= 0 || point.y() <= 0)) {
            throw new IllegalArgumentException("the figure \"" + title + "\" has logarithmic axes and a zero");
        }
    }

    /** @param isPaper drawn dashed */
    public record Series(String name, boolean isPaper, List<Point> points) {

        public Series {
            points = List.copyOf(points);
            if (points.isEmpty()) {
                throw new IllegalArgumentException("the line \"" + name + "\" has no point");
            }
        }
    }

    public record Point(double x, double y) {}
}
