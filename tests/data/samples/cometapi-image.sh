curl https://api.cometapi.com/kling/v1/images/multi-image2image \
  -H "Authorization: Bearer $COMETAPI_KEY" \
  -H "Content-Type: application/json" \
  -d '{
  "model_name": "kling-v2-1",
  "prompt": "Two product mascots standing together in a bright studio scene",
  "subject_image_list": [
    {
      "subject_image": "https://your-image-host/subject-1.png"
    },
    {
      "subject_image": "https://your-image-host/subject-2.png"
    }
  ],
  "scene_image": "https://your-image-host/scene.png",
  "style_image": "https://your-image-host/style.png",
  "n": 1,
  "aspect_ratio": "1:1"
}'
