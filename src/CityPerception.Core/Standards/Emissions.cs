namespace CityPerception.Core.Standards;

/// <summary>Stack gas and waste water by HJ 75-2017 and HJ 76-2017 (CEMS), and by HJ 212-2017, annex D (means).</summary>
public static class Emissions
{
    /// <summary>At least this of an hour must have been measured with the source running, or its mean does not count (HJ 75-2017).</summary>
    public const int MinutesOfHour = 45;

    /// <summary>Oxygen of dry air as the conversion has it, %.</summary>
    private const double Air = 21;

    private const double StandardKelvin = 273, StandardKilopascal = 101.325;

    /// <summary>
    /// A concentration at the reference oxygen (折算浓度, ZsAvg): C·(21 − O2ref)/(21 − O2), of measurements in dry gas (HJ
    /// 75-2017, annex C; HJ 212-2017, D.1).
    /// </summary>
    /// <param name="oxygen">Measured, % by volume.</param>
    /// <param name="reference">What the emission standard says, such as 6 for coal boilers, 9 for grates, 3.5 for gas.</param>
    /// <returns>Null if the gas is air (oxygen of 21 % or more), or any is no number: there is nothing to convert.</returns>
    public static double? AtReferenceOxygen(double concentration, double oxygen, double reference)
    {
        double converted = concentration * (Air - reference) / (Air - oxygen);
        return oxygen < Air && oxygen >= 0 && double.IsFinite(converted) ? converted : null;
    }

    /// <summary>The excess air coefficient α = 21/(21 − O2); null for air.</summary>
    public static double? ExcessAir(double oxygen) => oxygen is >= 0 and < Air ? Air / (Air - oxygen) : null;

    /// <summary>
    /// A concentration in wet gas as it is, in dry gas at 273 K and 101.325 kPa (HJ 75-2017, annex C): C · 101.325/P · T/273
    /// / (1 − Xsw).
    /// </summary>
    /// <param name="celsius">Of the gas.</param>
    /// <param name="kilopascal">Absolute: of the air and of the stack together.</param>
    /// <param name="moisture">Water by volume, 0 to under 1.</param>
    public static double? ToStandardDry(double concentration, double celsius, double kilopascal, double moisture)
    {
        double kelvin = celsius + StandardKelvin;
        double converted = concentration * (StandardKilopascal / kilopascal) * (kelvin / StandardKelvin) / (1 - moisture);
        return kelvin > 0 && kilopascal > 0 && moisture is >= 0 and < 1 && double.IsFinite(converted) ? converted : null;
    }

    /// <summary>What is emitted in an hour, kg: mg/m3 times m3/h.</summary>
    public static double KilogramsPerHour(double concentration, double cubicMetresPerHour) => concentration * cubicMetresPerHour / 1e6;

    /// <summary>
    /// Whether a valid mean of an hour exceeds the permit's limit; one that equals it does not. Compared in full (GB/T 8170,
    /// 4.3.2), never a single value.
    /// </summary>
    public static bool IsExceeded(double hourlyMean, double limit) => Rounding.Full(hourlyMean) > limit;

    /// <summary>(C − S)/S, two decimals; 0 or less where the limit is kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit that is not over 0.</exception>
    public static double Multiple(double hourlyMean, double limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, 0);
        return Rounding.HalfToEven((hourlyMean - limit) / limit, 2);
    }

    /// <summary>
    /// The effective transmission rate (传输有效率) of a pollution source: the rate of transmission (received of expected
    /// hourly values) times that of validity (valid of received), which is valid of expected.
    /// </summary>
    /// <returns>Null where none is expected.</returns>
    public static double? EffectiveTransmission(long expected, long received, long valid) =>
        expected < received || received < valid ? throw new ArgumentException("valid values are among the received, those among the expected") : expected == 0 ? null : (double)valid / expected;
}
