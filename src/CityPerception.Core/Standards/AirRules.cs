namespace CityPerception.Core.Standards;

/// <summary>How much there must be before a mean counts. The defaults are those of GB 3095-2012, table 4, and HJ 663-2013, 6.</summary>
/// <param name="Every">How often a station sends at the least: an hour is cut into slots of this length, and those with a sample are measured.</param>
/// <param name="HourMinutes">So many minutes of an hour must be measured.</param>
/// <param name="DayHours">So many hours of a day must count.</param>
/// <param name="Stations">Such a share of a city's stations must have a value.</param>
public sealed record AirRules(TimeSpan Every, int HourMinutes, int DayHours, double Stations)
{
    public AirRules()
        : this(TimeSpan.FromMinutes(5), AirValidity.MinutesOfHour, AirValidity.HoursOfDay, AirValidity.ShareOfStations)
    {
    }
}
