namespace CityPerception.Core.Standards;

/// <summary>HJ 633, table 1: the concentrations at which a sub-index is 0, 50, 100, 150, 200, 300, 400, 500.</summary>
internal static class AirBreakpoints
{
    public static ReadOnlySpan<int> SubIndices => [0, 50, 100, 150, 200, 300, 400, 500];

    // Particles have no column for an hour: that of a day is used for both.
    private static ReadOnlySpan<double> Pm25Of2026 => [0, 35, 60, 115, 150, 250, 350, 500];

    private static ReadOnlySpan<double> Pm25Of2012 => [0, 35, 75, 115, 150, 250, 350, 500];

    private static ReadOnlySpan<double> Pm10Of2026 => [0, 50, 120, 250, 350, 420, 500, 600];

    private static ReadOnlySpan<double> Pm10Of2012 => [0, 50, 150, 250, 350, 420, 500, 600];

    private static ReadOnlySpan<double> So2Day => [0, 50, 150, 475, 800, 1600, 2100, 2620];

    // Ends at an index of 200.
    private static ReadOnlySpan<double> So2Hour => [0, 150, 500, 650, 800];

    private static ReadOnlySpan<double> No2Day => [0, 40, 80, 180, 280, 565, 750, 940];

    private static ReadOnlySpan<double> No2Hour => [0, 100, 200, 700, 1200, 2340, 3090, 3840];

    private static ReadOnlySpan<double> CoDay => [0, 2, 4, 14, 24, 36, 48, 60];

    private static ReadOnlySpan<double> CoHour => [0, 5, 10, 35, 60, 90, 120, 150];

    private static ReadOnlySpan<double> O3Hour => [0, 160, 200, 300, 400, 800, 1000, 1200];

    // Ends at an index of 300.
    private static ReadOnlySpan<double> O3EightHours => [0, 100, 160, 215, 265, 800];

    /// <summary>The column; empty where the table has none.</summary>
    public static ReadOnlySpan<double> Of(AirPollutant pollutant, AirPeriod period, AirEdition edition) => (pollutant, period) switch
    {
        (AirPollutant.O3, AirPeriod.EightHours) => O3EightHours,
        (AirPollutant.O3, AirPeriod.Hour) => O3Hour,
        (_, AirPeriod.EightHours) or (AirPollutant.O3, _) => [],
        (AirPollutant.Pm25, _) => edition == AirEdition.Of2012 ? Pm25Of2012 : Pm25Of2026,
        (AirPollutant.Pm10, _) => edition == AirEdition.Of2012 ? Pm10Of2012 : Pm10Of2026,
        (AirPollutant.So2, AirPeriod.Hour) => So2Hour,
        (AirPollutant.So2, _) => So2Day,
        (AirPollutant.No2, AirPeriod.Hour) => No2Hour,
        (AirPollutant.No2, _) => No2Day,
        (AirPollutant.Co, AirPeriod.Hour) => CoHour,
        (AirPollutant.Co, _) => CoDay,
        _ => [],
    };
}
