namespace CityPerception.Simulation;

/// <summary>The weather over the city: a function of time and seed alone, so that all senders feel the same rain.
/// It changes every five seconds, which spares the senders the arithmetic in between.</summary>
internal sealed class Weather(int seed)
{
    private const long Step = 5 * TimeSpan.TicksPerSecond;

    private WeatherNow _now;

    public WeatherNow At(DateTimeOffset when)
    {
        var time = new DateTimeOffset(when.UtcTicks / Step * Step, TimeSpan.Zero);
        if (time == _now.At) return _now;

        double hours = Hours(time), sun = Rhythm.Sun(time), winter = Rhythm.Winter(time), rain = Rain(time);
        double temperature = 10.5 - 13.5 * winter + 5.5 * (sun - 0.4) + 4 * Seeds.Noise(seed + 1, hours / 30) - Math.Min(3, rain / 4);
        double humidity = Math.Clamp(58 - 22 * (sun - 0.4) - 8 * winter + 12 * Seeds.Noise(seed + 2, hours / 18) + Math.Min(30, rain * 6), 12, 99);
        double wind = Math.Max(0.1, 1.4 + 1.8 * sun + 1.6 * Seeds.Noise(seed + 3, hours / 3));
        double direction = (150 + 140 * Seeds.Noise(seed + 4, hours / 14) + 360) % 360;
        double pressure = 905 + 7 * winter + 5 * Seeds.Noise(seed + 5, hours / 40); // Changzhi lies 930 m above the sea
        return _now = new WeatherNow(time, temperature, humidity, pressure, wind, direction, rain, Wetness(time));
    }

    /// <summary>Showers of some ten minutes, about every hour or two: mm/h.</summary>
    private double Rain(DateTimeOffset time)
    {
        double hours = Hours(time);
        double cloud = 0.7 * Seeds.Noise(seed + 6, hours * 2.5) + 0.3 * Seeds.Noise(seed + 7, hours * 9);
        return Math.Max(0, cloud - 0.38) * 70;
    }

    /// <summary>Rain of the last hour that has not run off yet, in mm: what gauges and rivers see.</summary>
    private double Wetness(DateTimeOffset time)
    {
        const int StepMinutes = 2;
        double wet = 0;
        for (int ago = 0; ago < 60; ago += StepMinutes)
            wet += Rain(time.AddMinutes(-ago)) * StepMinutes / 60 * Math.Exp(-ago / 20.0);
        return wet;
    }

    private static double Hours(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalHours;
}

/// <param name="At">When.</param>
/// <param name="Temperature">°C.</param>
/// <param name="Humidity">%.</param>
/// <param name="Pressure">hPa.</param>
/// <param name="WindSpeed">m/s.</param>
/// <param name="WindDirection">Degrees, where it comes from.</param>
/// <param name="Rain">mm/h.</param>
/// <param name="Wetness">mm on the ground.</param>
internal readonly record struct WeatherNow(
    DateTimeOffset At, double Temperature, double Humidity, double Pressure, double WindSpeed, double WindDirection, double Rain, double Wetness);
