package org.godwit.lab.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.godwit.lab.bench.Machine;
import org.godwit.lab.experiment.LineChart.Point;
import org.godwit.lab.experiment.LineChart.Series;
import org.godwit.lab.experiment.Report.Block;
import org.godwit.lab.experiment.Report.Comparison;
import org.godwit.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

    private static final LineChart CHART = new LineChart("Time by speed", "speed", "s", true,
            List.of(new Series("ours <b>", false, List.of(new Point(10, 2), new Point(100, 1))),
                    new Series("paper", true, List.of(new Point(10, 3), new Point(100, 1.5)))));

    private static final Report REPORT = new Report("Letters & numbers", List.of(new Block.Heading("Table"),
            new Block.Text("What is <printed>."),
            Report.compared("Table 2", "s", "%.2f",
                    List.of(new Comparison("one", 10, 9.5), new Comparison("another", 2, 2))),
            new Block.Figure("time", CHART)));

    @TempDir
    private Path folder;

    @Test
    void theTerminalHasAllButTheFigures() {
        Golden.assertMatches("experiment/report.txt", TextReport.render(REPORT));
    }

    @Test
    void thePageNeedsNothingBesideItself() {
        String page = HtmlReport.render(REPORT, "Somebody (2019)", "lab/experiment letters --runs 3",
                new Machine(Map.of("kernel", "Linux 6.1")), Map.of("seed", 5));
        assertThat(page).contains("<h1>Letters &amp; numbers</h1>", "What is &lt;printed&gt;.", "<td>-5.00 %</td>",
                "lab/experiment letters --runs 3", "kernel: Linux 6.1", "seed: 5",
                "<figcaption>Time by speed</figcaption>", "</svg")
                .doesNotContain("<script", "<link", " src=", "@import");
    }

    @Test
    void theFigureIsAlsoAPicture() throws Exception {
        Path file = folder.resolve("time.png");
        ChartImages.writePng(CHART, file);
        assertThat(ImageIO.read(file.toFile()).getWidth()).isGreaterThan(1000);
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Comparison("one", 0, 1)).hasMessageContaining("one: cannot compare 1.0 with 0.0");
        assertThatThrownBy(() -> new LineChart("x", "", "", true,
                List.of(new Series("a", false, List.of(new Point(0, 1)))))).hasMessageContaining("and a zero");
        assertThatThrownBy(() -> new Block.Table("x", List.of("a"), List.of(List.of("1", "2"))))
                .hasMessageContaining("has 2 cells, and the header 1");
    }
}
