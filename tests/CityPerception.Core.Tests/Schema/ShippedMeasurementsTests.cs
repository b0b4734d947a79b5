using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Schema;
using CityPerception.Core.Tests.Configuration;

namespace CityPerception.Core.Tests.Schema;

public class ShippedMeasurementsTests
{
    private static readonly MeasurementCatalog Catalog = Load();

    private static MeasurementCatalog Load()
    {
        var faults = new ConfigFaults();
        City? city = CityCompiler.Read("city.yaml", ShippedFiles.Read("city.yaml"), faults);
        MeasurementCatalog? catalog = city is null ? null
            : MeasurementCompiler.Read("measurements.yaml", ShippedFiles.Read("measurements.yaml"), city, faults);
        Assert.Equal("", string.Join("\n", faults.All));
        return catalog!;
    }

    /// <summary>What the channels' KPIs read, word for word.</summary>
    [Theory]
    [InlineData("incident", "case_id deadline elapsed_h on_time severity lat lon text", "category district grid sense source state")]
    [InlineData("manhole", "open tilt level battery", "category device district grid sense source")]
    [InlineData("lamp", "on fault power", "category device district grid sense source")]
    [InlineData("lift", "trapped fault floor", "category device district grid sense source")]
    [InlineData("flood", "depth", "category device district grid sense source")]
    [InlineData("hotline_call", "offered answered answered_15s wait_s", "district grid sense source")]
    [InlineData("hotline_ticket", "case_id deadline elapsed_h on_time contacted_h resolved satisfaction text", "category district grid kind sense source state")]
    [InlineData("sentiment", "score negative reach topic topic_id", "category district grid sense source")]
    [InlineData("business_tip", "case_id deadline elapsed_h on_time resolved satisfaction text", "category district grid sense source state")]
    [InlineData("approval", "case_id statutory_d promised_d actual_d on_time materials by_promise missing_ok breach", "category channel district grid sense source state")]
    [InlineData("entity", "opened closed", "category district grid sense source")]
    [InlineData("device_status", "last_seen interval_s online restarted run_state run_h info rssi snr battery voltage fw", "category device district grid sense source state")]
    [InlineData("ingest_stat", "received accepted seen duplicate late ahead future rejected flagged skew_s", "category district sense source")]
    [InlineData("ingest_delay", "count", "bound district sense source")]
    [InlineData("project", "project_id invest_plan invest_done planned_start planned_finish started finished resumed land_to_start_d", "category district grid level sense source state")]
    [InlineData("indicator", "value yoy target", "category district grid sense source")]
    [InlineData("inspection", "task_id planned done joint departments found published_d rectify_deadline rectified", "category district grid sense source state")]
    [InlineData("enforcement", "case_id deadline elapsed_h on_time fine major legal_review full_record repeat", "category district grid sense source state")]
    [InlineData("air_quality", "pm25 pm10 so2 no2 o3 co tsp flag pm25_avg period", "category device district grid sense source")]
    [InlineData("noise", "leq la l5 l10 l50 l90 l95 lmax lmin flag", "category device district grid sense source")]
    [InlineData("water_quality", "ph do codmn cod bod5 nh3n tp tn turbidity conductivity water_temp flag", "category device district grid sense source")]
    [InlineData("emission", "so2 nox dust nmhc so2_zs nox_zs dust_zs nmhc_zs so2_zs_avg flow o2 flue_temp flag", "category device district grid sense source")]
    [InlineData("discharge", "cod nh3n tp tn ph flow flag", "category device district grid sense source")]
    [InlineData("weather", "temperature humidity pressure wind_speed wind_dir", "device district grid sense source")]
    [InlineData("case_event", "case_id parent_source deadline elapsed_h stage_h on_time departments mediated agreed", "category dept district grid sense source state")]
    [InlineData("channel_view", "value num den samples coverage level own_level void rev computed", "channel district group kpi sense source window")]
    [InlineData("channel_revision", "start value num den samples coverage level own_level void rev computed", "channel district group kpi sense source window")]
    [InlineData("channel_partial", "count sum min max", "district group input sense source window")]
    public void Measurement_OfTheChannels_HasItsFieldsAndTags(string name, string fields, string tags)
    {
        Measurement measurement = Catalog.ByName[name];

        foreach (string field in fields.Split(' ')) Assert.NotNull(measurement.FindField(field));
        Assert.Equal(tags.Split(' '), measurement.Tags.Select(t => t.Name));
    }

    [Fact]
    public void Measurements_AllTogether_AreThoseOfTheChannels() => Assert.Equal(28, Catalog.ByName.Count);

    [Fact]
    public void Fields_OfEveryMeasurement_AreInOrderAndNamedInBothLanguages()
    {
        foreach (Measurement measurement in Catalog.ByName.Values)
        {
            Assert.NotNull(measurement.Names);
            Assert.Equal(measurement.Fields.Select(f => f.Name).Order(StringComparer.Ordinal), measurement.Fields.Select(f => f.Name));
            Assert.Equal(measurement.Tags.Select(t => t.Name).Order(StringComparer.Ordinal), measurement.Tags.Select(t => t.Name));
            Assert.All(measurement.Fields, f => Assert.NotNull(f.Names));
        }
    }

    /// <summary>A flag that came as 3, or a level of −999, is no value anywhere.</summary>
    [Theory]
    [InlineData("manhole", "open", FieldType.Integer, 0, 1, null)]
    [InlineData("incident", "on_time", FieldType.Integer, 0, 1, null)]
    [InlineData("air_quality", "co", FieldType.Float, 0, 200, "mg/m3")]
    [InlineData("air_quality", "pm25_max", FieldType.Float, 0, 2000, "ug/m3")]
    [InlineData("noise", "leq", FieldType.Float, 0, 160, "dB(A)")]
    [InlineData("weather", "temperature", FieldType.Float, -60, 70, "Cel")]
    [InlineData("incident", "lat", FieldType.Float, 35.8, 37.2, "deg")]
    public void Field_Shipped_HasTypeRangeAndUnit(string measurement, string name, FieldType type, double min, double max, string? unit)
    {
        FieldSchema field = Catalog.ByName[measurement].FindField(name)!;

        Assert.Equal((type, min, max, unit), (field.Type, field.Min, field.Max, field.Unit));
    }

    [Fact]
    public void Tags_WithBoundedValues_HoldTheirSlugsAndNames()
    {
        Measurement incident = Catalog.ByName["incident"];

        Assert.Equal("公用设施类", incident.FindTag("category")!.ValueNames["component.public_utility"].Zh);
        Assert.Equal(12, incident.FindTag("category")!.Values.Count);
        Assert.Equal(14, incident.FindTag("state")!.Values.Count);
        Assert.Equal(["human"], incident.FindTag("sense")!.Values);
        Assert.Equal(13, incident.FindTag("district")!.Values.Count);
        Assert.Equal("潞州区", incident.FindTag("district")!.ValueNames["140403"].Zh);
    }

    [Fact]
    public void Fields_OfCumulativeAmounts_HaveNoStatistics() => Assert.Null(Catalog.ByName["emission"].FindField("so2_cou_avg"));
}
