using System.Globalization;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace BatchWorker.Monitoring;

/// <summary>The charts of a report as SVG, drawn by OxyPlot.</summary>
internal static class ReportCharts
{
    private const double Width = 900;
    private const double Height = 280;

    /// <summary>Behind each name: text is measured narrower than browsers draw it, and cut there.</summary>
    private const string Room = "\u2003";

    private static readonly OxyColor s_realtime = OxyColor.FromRgb(0x9a, 0xa5, 0xb1);
    private static readonly OxyColor s_good = OxyColor.FromRgb(0x1f, 0x7a, 0x4d);
    private static readonly OxyColor s_bad = OxyColor.FromRgb(0xb3, 0x3a, 0x3a);

    /// <summary>What the answers of each day cost, and what they would have.</summary>
    public static string Costs(Report report) => Draw("USD a day", report,
        ("real-time price", s_realtime, day => (double)(day.Sums.Amounts.Realtime ?? 0)),
        ("paid", s_good, day => (double)(day.Sums.Amounts.Batch ?? 0)));

    /// <summary>How the jobs of each day ended.</summary>
    public static string Jobs(Report report) => Draw("jobs a day", report,
        ("succeeded", s_good, day => day.Sums.Succeeded),
        ("failed", s_bad, day => day.Sums.Failed));

    private static string Draw(string unit, Report report, params (string Name, OxyColor Color, Func<ReportDay, double> Value)[] lines)
    {
        var model = new PlotModel { Culture = CultureInfo.InvariantCulture, DefaultFont = "sans-serif", PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1) };
        model.Legends.Add(new Legend { LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.TopLeft, LegendOrientation = LegendOrientation.Horizontal, LegendItemSpacing = 60 });
        model.Axes.Add(new DateTimeAxis { Position = AxisPosition.Bottom, StringFormat = "yyyy-MM-dd" });
        model.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = unit, AxisTitleDistance = 24, Minimum = 0, MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColors.LightGray, AxislineStyle = LineStyle.None });
        foreach (var (name, color, value) in lines)
        {
            var line = new LineSeries { Title = name + Room, Color = color, StrokeThickness = 2, MarkerFill = color, MarkerType = report.Days.Count <= 60 ? MarkerType.Circle : MarkerType.None, MarkerSize = 2.5 };
            line.Points.AddRange(report.Days.Select(day => new DataPoint(DateTimeAxis.ToDouble(day.Date.ToDateTime(TimeOnly.MinValue)), value(day))));
            model.Series.Add(line);
        }
        return SvgExporter.ExportToString(model, Width, Height, isDocument: false);
    }
}
