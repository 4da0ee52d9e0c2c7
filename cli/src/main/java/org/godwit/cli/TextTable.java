package org.godwit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Columns of text, as wide as their widest cell, two spaces apart; no trailing blanks. */
final class TextTable {

    private TextTable() {}

    static <T> String rows(List<Column<T>> columns, List<T> values) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::title).toList());
        values.forEach(value -> lines.add(columns.stream().map(column -> column.cell(value)).toList()));
        return aligned(lines);
    }

    /** The first column's value alone, a line for each. */
    static <T> String plain(Column<T> column, List<T> values) {
        return values.stream().map(value -> column.cell(value) + "\n").collect(Collectors.joining());
    }

    /** One value, a line for each column. */
    static <T> String details(List<Column<T>> columns, T value) {
        return aligned(columns.stream().map(column -> List.of(column.title(), column.cell(value))).toList());
    }

    /** A line whose columns are at least so wide; the titles when there is no value. */
    static <T> String line(List<Column<T>> columns, T value, List<Integer> widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
            String cell = value == null ? columns.get(i).title() : columns.get(i).cell(value);
            line.append(cell).repeat(' ', Math.max(0, widths.get(i) - cell.length()) + 2);
        }
        return line.toString().stripTrailing();
    }

    private static String aligned(List<List<String>> lines) {
        int[] widths = new int[lines.getFirst().size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                row.append(line.get(i)).repeat(' ', widths[i] - line.get(i).length() + 2);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }
}
