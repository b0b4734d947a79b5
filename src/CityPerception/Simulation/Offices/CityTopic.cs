namespace CityPerception.Simulation.Offices;

/// <summary>Something that people report: how the grid files it, who is responsible, how they put it.</summary>
/// <param name="SubType">By GB/T 30428 practice, or the hotline's own term.</param>
/// <param name="Category">The slug of its class in GB/T 30428.</param>
/// <param name="Unit">The department that gets it.</param>
/// <param name="LimitHours">Until it has to be closed.</param>
/// <param name="Texts">{0} is the place.</param>
internal sealed record CityTopic(string SubType, string Category, string Unit, double LimitHours, params string[] Texts)
{
    public static CityTopic Noise { get; } = new("施工噪声扰民", "event.construction", "生态环境局", 24,
        "{0}附近工地还在施工，声音很大，家里老人没法休息，请尽快处理。",
        "{0}这边打桩和切割的声音一直不停，已经影响孩子写作业了。",
        "反映{0}夜间施工噪声扰民，多次劝说无效，希望执法人员到现场看看。");

    public static CityTopic Flood { get; } = new("道路积水", "event.emergency", "住房和城乡建设局", 12,
        "{0}下雨后积水很深，电动车过不去，有车熄火了。",
        "{0}路口积水排不下去，雨水箅子可能堵了，行人只能绕行。");

    public static CityTopic Manhole { get; } = new("井盖丢失破损", "component.public_utility", "住房和城乡建设局", 8,
        "{0}人行道上一个井盖翘起来了，晚上很危险。",
        "{0}有井盖不见了，目前用树枝挡着，请马上来人处置。");

    public static CityTopic Lamp { get; } = new("路灯不亮", "component.public_utility", "住房和城乡建设局", 48,
        "{0}的路灯好几盏不亮，晚上接孩子看不清路。",
        "{0}路灯坏了，一闪一闪的，麻烦检修一下。");

    /// <summary>What grid staff find and file.</summary>
    public static IReadOnlyList<CityTopic> Patrol { get; } =
    [
        new("暴露垃圾", "event.appearance", "城市管理局", 12, "{0}路边有一堆暴露垃圾，约两平方米，有异味。", "{0}垃圾桶满溢，垃圾散落在人行道上。"),
        new("道路不洁", "event.appearance", "城市管理局", 12, "{0}路面有渣土遗撒，过往车辆带起扬尘。", "{0}路面油污未清理，长约十米。"),
        new("水域不洁", "event.appearance", "水利局", 48, "{0}河道内有漂浮物，岸边堆有建筑垃圾。", "{0}桥下水面发黑，有臭味。"),
        new("非法小广告", "event.advert", "城市管理局", 24, "{0}楼道口和电线杆上新贴了不少小广告。", "{0}公交站亭玻璃上有喷涂的小广告。"),
        new("工地扬尘", "event.construction", "住房和城乡建设局", 24, "{0}工地裸土未覆盖，出入口没有冲洗车辆。", "{0}拆迁现场未开雾炮，扬尘明显。"),
        new("施工占道", "event.construction", "交通运输局", 48, "{0}施工围挡占用非机动车道，没有设置警示灯。"),
        new("占道经营", "event.street_order", "城市管理局", 6, "{0}早市散后仍有摊贩占道经营，影响通行。", "{0}烧烤摊占用盲道，油烟较大。"),
        new("机动车乱停放", "event.street_order", "公安局", 6, "{0}消防通道停了三辆小车，车主联系不上。", "{0}人行道上乱停车，婴儿车过不去。"),
        new("路面塌陷", "event.emergency", "住房和城乡建设局", 12, "{0}路面有一处塌陷，直径约半米，已放置警示锥。"),
        new("自来水管破裂", "event.emergency", "供水公司", 8, "{0}自来水管爆裂，水漫到路面，附近住户停水。"),
        new("交通护栏损坏", "component.traffic", "交通运输局", 48, "{0}中央护栏被撞倒一段，约四米。"),
        new("行道树倾倒", "component.greening", "园林绿化中心", 24, "{0}一棵行道树被风刮倒，压住电动车棚。"),
        new("果皮箱破损", "component.appearance", "城市管理局", 48, "{0}果皮箱门掉了，垃圾外露。"),
        Manhole, Lamp,
    ];

    /// <summary>What residents call 12345 about beside that; the sub type is the hotline's own.</summary>
    public static IReadOnlyList<CityTopic> Calls { get; } =
    [
        new("供热问题", "供热问题", "热力公司", 72, "{0}小区暖气不热，室内只有十四度，家里有婴儿。", "{0}楼上试水漏水，热力公司电话一直占线。"),
        new("供水问题", "供水问题", "供水公司", 48, "{0}从昨天下午开始停水，没有看到通知。", "{0}自来水发黄，放了十分钟还是这样。"),
        new("物业管理", "物业管理", "住房和城乡建设局", 120, "{0}小区电梯三天两头坏，物业收了费不修。", "{0}小区物业乱收停车费，业主意见很大。"),
        new("社会保障", "社会保障", "人力资源和社会保障局", 120, "咨询灵活就业人员养老保险怎么补缴，{0}这边在哪里办。", "{0}老人的养老金认证手机上一直失败，怎么办？"),
        new("教育入学", "教育入学", "教育局", 120, "咨询{0}片区今年秋季入学需要哪些材料。", "{0}一家培训机构关门了，学费退不回来。"),
        new("交通出行", "交通出行", "交通运输局", 72, "{0}公交车高峰期等了四十分钟，建议加密班次。", "{0}出租车拒载，车牌号已记下。"),
        new("消费维权", "消费维权", "市场监督管理局", 96, "在{0}一家超市买到过期牛奶，商家不肯退。", "{0}健身房跑路，会员卡里还有两千多元。"),
        new("劳动纠纷", "劳动纠纷", "人力资源和社会保障局", 120, "{0}工地拖欠农民工工资两个月，一共十一个人。"),
        new("环境污染", "环境污染", "生态环境局", 48, "{0}晚上能闻到刺鼻的气味，窗户都不敢开。", "{0}附近企业排黑烟，请环保部门查一下。"),
        new("表扬建议", "表扬建议", "城市管理局", 120, "表扬{0}的环卫工人，捡到钱包主动归还。", "建议{0}增设一处公共充电桩。"),
        Noise, Manhole, Lamp, Flood,
    ];

    public string Say(string place, Random random) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, Texts[random.Next(Texts.Length)], place);
}
