package org.godwit.lab.experiment;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.w3c.dom.Document;

/** Draws charts with XChart, as SVG by Batik and as PNG. Needs no display, but a font. */
final class ChartImages {

    private static final int WIDTH = 860;
    private static final int HEIGHT = 480;
    private static final int PNG_SCALE = 2;
    private static final float LINE_WIDTH = 1.8f;
    private static final float[] DASHES = {6, 5 };
    private static final String SVG = "http://www.w3.org/2000/svg";
    /** Okabe and Ito's, which the colour-blind can tell apart. */
    private static final List<Color> COLOURS = List.of(new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73),
            new Color(0xCC79A7), new Color(0xE69F00), new Color(0x56B4E9), new Color(0x000000));

    private ChartImages() {}

    /** @return an svg element, as it stands inside of HTML */
    static String svg(LineChart chart) {
        SVGGraphics2D graphics = new SVGGraphics2D(emptyDocument());
        graphics.setSVGCanvasSize(new java.awt.Dimension(WIDTH, HEIGHT));
        draw(chart).paint(graphics, WIDTH, HEIGHT);
        StringWriter text = new StringWriter();
        try {
            graphics.stream(text, true);
        } catch (IOException e) {
            throw new UncheckedIOException("a string cannot be written to", e);
        }
        return text.toString().substring(text.toString().indexOf("<svg"));
    }

    static void writePng(LineChart chart, Path file) {
        BufferedImage image = new BufferedImage(WIDTH * PNG_SCALE, HEIGHT * PNG_SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.scale(PNG_SCALE, PNG_SCALE);
        draw(chart).paint(graphics, WIDTH, HEIGHT);
        graphics.dispose();
        try {
            ImageIO.write(image, "png", file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be written", e);
        }
    }

    private static XYChart draw(LineChart chart) {
        XYChart drawn = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(chart.title())
                .xAxisTitle(chart.xTitle()).yAxisTitle(chart.yTitle()).build();
        drawn.getStyler().setXAxisLogarithmic(chart.areAxesLogarithmic());
        drawn.getStyler().setYAxisLogarithmic(chart.areAxesLogarithmic());
        drawn.getStyler().setChartBackgroundColor(Color.WHITE);
        drawn.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
        List<Color> unused = new ArrayList<>(COLOURS);
        for (LineChart.Series series : chart.series()) {
            XYSeries line = drawn.addSeries(series.name(),
                    series.points().stream().mapToDouble(LineChart.Point::x).toArray(),
                    series.points().stream().mapToDouble(LineChart.Point::y).toArray());
            Color colour = unused.isEmpty() ? Color.GRAY : unused.removeFirst();
            line.setLineColor(colour);
            line.setMarkerColor(colour);
            line.setMarker(series.isPaper() ? SeriesMarkers.DIAMOND : SeriesMarkers.CIRCLE);
            line.setLineStyle(new BasicStroke(LINE_WIDTH, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1,
                    series.isPaper() ? DASHES : null, 0));
        }
        return drawn;
    }

    private static Document emptyDocument() {
        try {
            return DocumentBuilderFactory.newInstance().newDocumentBuilder().getDOMImplementation()
                    .createDocument(SVG, "svg", null);
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("this JDK has no XML parser", e);
        }
    }
}
