package org.godwit.cli;

import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as their widest cell, two spaces apart; no trailing blanks. */
final class TextTable {

    private TextTable() {}

    static <T> String rows(List<Column<T>> columns, List<T> values) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::title).toList());
        values.forEach(value -> lines.add(columns.stream().map(column -> column.cell(value)).toList()));
        return aligned(lines);
    }

    /** One value, a line for each column. */
    static <T> String details(List<Column<T>> columns, T value) {
        return aligned(columns.stream().map(column -> List.of(column.title(), column.cell(value))).toList());
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
